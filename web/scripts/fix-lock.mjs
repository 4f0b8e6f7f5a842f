// Adds stub entries for optional platform packages that the registry in use did not carry when the lock was made:
// without an entry for every platform, `npm ci` calls the lock out of date on all of them.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SYSTEMS = [
  "darwin",
  "win32",
  "linux",
  "freebsd",
  "android",
  "openbsd",
  "netbsd",
  "sunos",
  "aix",
  "openharmony",
];
const PROCESSORS = [
  "x64",
  "arm64",
  "ia32",
  "ppc64",
  "s390x",
  "riscv64",
  "loong64",
  "mips64el",
  "wasm32",
  "arm",
];

/** Whether Node, looking from the folder of `from`, would find an entry for `name`. */
function resolves(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

function stub(name, range) {
  const system = SYSTEMS.find((each) => name.includes(each));
  const processor = PROCESSORS.find((each) => name.includes(each));
  return {
    version: range.replace(/^[\^~]/, ""),
    optional: true,
    ...(processor ? { cpu: [processor] } : {}),
    os: [system ?? "none"],
  };
}

/** The lock with every missing optional package stubbed, and the names of the stubs. */
export function withStubs(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [from, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (resolves(packages, from, name)) continue;
      packages[`node_modules/${name}`] = stub(name, range);
      added.push(name);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { lock, added } = withStubs(JSON.parse(readFileSync("package-lock.json", "utf8")));
  writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added.length} stubs added${added.length ? `: ${added.join(", ")}` : ""}`);
}
