// Writes a .br and a .gz beside each text file of the export, so that the server never compresses while it answers.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(html|js|css|txt|svg|json|map)$/;
const SMALLEST = 1024;
// Quality 9 is a tenth of the time of 11 for eight hundredths more bytes.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

function* textsIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && TEXT.test(entry.name)) yield join(entry.parentPath ?? entry.path, entry.name);
  }
}

const folder = process.argv[2] ?? "out";
let files = 0;
for (const file of textsIn(folder)) {
  const text = readFileSync(file);
  if (text.length < SMALLEST) continue;
  writeFileSync(`${file}.br`, brotliCompressSync(text, BROTLI));
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  files += 1;
}
console.log(`${files} files compressed`);
