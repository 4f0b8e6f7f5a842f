// Puts a .br and a .gz beside every file of the export that gets smaller by it, for the server to hand out.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = process.argv[2];
const TEXT = /\.(?:js|mjs|css|html|txt|json|svg|map|xml|webmanifest|wasm)$/;
const SMALLEST = 1024;

for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !TEXT.test(entry.name)) continue;
  const plain = readFileSync(file);
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } };
  const packed = { ".br": brotliCompressSync(plain, brotli), ".gz": gzipSync(plain, { level: 9 }) };
  for (const [suffix, bytes] of Object.entries(packed)) {
    if (plain.length >= SMALLEST && bytes.length < plain.length * 0.95) writeFileSync(file + suffix, bytes);
    else rmSync(file + suffix, { force: true });
  }
}
