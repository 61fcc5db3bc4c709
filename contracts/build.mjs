// Compiles the contracts and writes their artifacts; `--check` compares instead of writing, and
// `--keep-weakened` makes only those weakened ones that are missing, which is quicker while one writes.
//
//   contracts/src        what is deployed                  artifacts/<Name>.json
//   contracts/test       stand-ins for tests               artifacts/test/<Name>.json
//   contracts/weakened   one defence taken out, as text    artifacts/weakened/<weakness>/<Name>.json
//
// The compiler is the pinned one of package.json; its own hash is checked before anything else. It is
// looked for in node_modules here, or in the folder that PORTCULLIS_SOLC names.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "artifacts");
const TABLE = join(HERE, "..", "crates", "evm", "src", "artifacts", "table.rs");

const COMPILER = {
  version: "0.8.37",
  sha256: "221d7a667378b5068d913e75fe092507e061363cd1d23b64c49ae82febabad4c",
};

const SETTINGS = {
  evmVersion: "prague",
  viaIR: true,
  optimizer: { enabled: true, runs: 800 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
};

/**
 * Weakened builds are many and are never deployed, so they are compiled the quick way. One of them, NOTHING,
 * lacks nothing: what succeeds on another and fails on that one, succeeds for what the other lacks.
 */
const WEAKENED = { ...SETTINGS, viaIR: false, optimizer: { enabled: true, runs: 1 } };
const NOTHING = "nothing";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const text = (value) => `${JSON.stringify(value, null, 1)}\n`;

function files(folder, ending) {
  if (!existsSync(folder)) return [];
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...files(path, ending));
    else if (entry.name.endsWith(ending)) found.push(path);
  }
  return found.sort();
}

function compiler() {
  const home = process.env.PORTCULLIS_SOLC ?? HERE;
  const file = join(home, "node_modules", "solc", "soljson.js");
  const seen = sha256(readFileSync(file));
  if (seen !== COMPILER.sha256) {
    throw new Error(`the compiler ${file} has the hash ${seen}, not ${COMPILER.sha256}`);
  }
  return createRequire(join(home, "package.json"))("solc");
}

/** Every source by its path below contracts/. */
function sources() {
  const all = {};
  for (const folder of ["src", "test"]) {
    for (const file of files(join(HERE, folder), ".sol")) {
      all[relative(HERE, file)] = readFileSync(file, "utf8");
    }
  }
  return all;
}

/** The source of a contract; a stand-in for tests is looked for after what is deployed. */
function placeOf(name, texts) {
  const found = Object.keys(texts).filter((path) => path.endsWith(`/${name}.sol`));
  return found.find((path) => path.startsWith("src/")) ?? found[0];
}

/** The contracts of `texts` that have code, by the path of their source: all, or of a weakened build those named. */
function compile(solc, texts, only) {
  const settings = only ? WEAKENED : SETTINGS;
  const sources = Object.fromEntries(Object.entries(texts).map(([name, content]) => [name, { content }]));
  const wanted = settings.outputSelection["*"]["*"];
  const outputSelection = only
    ? Object.fromEntries(only.map((name) => [placeOf(name, texts), { [name]: wanted }]))
    : settings.outputSelection;
  const input = { language: "Solidity", sources, settings: { ...settings, outputSelection } };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const words = output.errors ?? [];
  if (words.length > 0) {
    throw new Error(words.map((word) => word.formattedMessage).join("\n"));
  }
  const made = [];
  for (const [source, contracts] of Object.entries(output.contracts)) {
    for (const [name, contract] of Object.entries(contracts)) {
      const runtime = contract.evm?.deployedBytecode.object ?? "";
      // An interface has no code, and a library that is compiled into others has none of its own.
      if (runtime === "" || contract.abi.every((item) => item.type === "error")) continue;
      const creation = contract.evm.bytecode.object;
      made.push({ source, name, artifact: { name, abi: contract.abi, creation, runtime } });
    }
  }
  return made;
}

/**
 * One way to weaken the contracts: a note and the contracts that change, then for each change the file,
 * the text that must stand there exactly once, and the text in its place.
 */
function weakness(file) {
  const [head, ...parts] = readFileSync(file, "utf8").split(/^=== /m);
  const only = /^contracts: (.*)$/m.exec(head)[1].split(", ");
  const changes = parts.map((part) => {
    const [path, rest] = [part.slice(0, part.indexOf("\n")).trim(), part.slice(part.indexOf("\n") + 1)];
    const [before, after] = rest.split(/^--- with\n/m);
    return { path, before: before.trimEnd(), after: after.trimEnd() };
  });
  return { only, changes };
}

function weaken(texts, changes, file) {
  const weak = { ...texts };
  for (const { path, before, after } of changes) {
    const pieces = (weak[path] ?? "").split(before);
    if (pieces.length !== 2) {
      throw new Error(`${file}: the text to replace stands ${pieces.length - 1} times in ${path}:\n${before}`);
    }
    weak[path] = pieces.join(after);
  }
  return weak;
}

/** The sources with that weakness, and the contracts that change. */
function weakSources(texts, label) {
  const file = join(HERE, "weakened", `${label}.txt`);
  const { only, changes } = weakness(file);
  return { only, changed: weaken(texts, changes, file) };
}

/** What each of the weaknesses changes: path below artifacts/ and artifact, for all of `labels`. */
function weakened(solc, labels) {
  const texts = sources();
  return labels.flatMap((label) => {
    const { only, changed } = weakSources(texts, label);
    const weak = compile(solc, changed, only);
    return weak.map(({ name, artifact }) => [`weakened/${label}/${name}.json`, artifact]);
  });
}

function weaknesses() {
  const folder = join(HERE, "weakened");
  return files(folder, ".txt").map((file) => relative(folder, file).replace(/\.txt$/, ""));
}

/** The same, by as many compilers at once as there is room for. */
async function allWeakened(kept) {
  const all = weaknesses();
  const labels = all.filter((label) => !kept.some((path) => path.startsWith(`weakened/${label}/`)));
  const shares = Array.from({ length: availableParallelism() }, (_, n) => labels.filter((_, i) => i % availableParallelism() === n));
  const work = shares.map((share) => new Promise((done, failed) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.on("message", done);
    worker.on("error", failed);
  }));
  return (await Promise.all(work)).flat();
}

/** Every file of artifacts/ but the manifest, by its path there. */
async function outputs(solc) {
  const texts = sources();
  // A text that does not fit is told before minutes of compiling.
  for (const label of weaknesses()) weakSources(texts, label);
  const old = process.argv.includes("--keep-weakened") ? files(join(OUT, "weakened"), ".json") : [];
  const kept = old.map((file) => relative(OUT, file));
  const weak = allWeakened(kept);
  const made = compile(solc, texts);
  const out = {};
  for (const { source, name, artifact } of made) {
    const path = source.startsWith("test/") ? `test/${name}.json` : `${name}.json`;
    if (out[path]) throw new Error(`two contracts are called ${name}`);
    out[path] = text(artifact);
  }
  for (const path of kept) out[path] = readFileSync(join(OUT, path), "utf8");
  for (const [path, artifact] of await weak) {
    out[path] = text({ ...artifact, abi: [], runtime: "" });
  }
  for (const [path, artifact] of Object.entries(out)) {
    const [folder, ...label] = dirname(path).split("/");
    if (folder !== "weakened" || label.join("/") === NOTHING) continue;
    const strong = out[join(folder, NOTHING, basename(path))];
    if (artifact === strong) throw new Error(`${path} is not weakened`);
  }
  return out;
}

function manifest(out) {
  const hashes = (pairs) => Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
  const weak = files(join(HERE, "weakened"), ".txt").map((file) => [relative(HERE, file), sha256(readFileSync(file))]);
  const kept = Object.entries(sources()).map(([name, content]) => [name, sha256(content)]);
  return text({
    compiler: COMPILER,
    settings: SETTINGS,
    weakened: WEAKENED,
    sources: hashes([...kept, ...weak]),
    outputs: hashes(Object.entries(out).map(([name, content]) => [name, sha256(content)])),
  });
}

/** The list of what is deployed, for the crate that includes it. */
function table(out) {
  const names = Object.keys(out).filter((path) => !path.includes("/")).map((path) => path.replace(/\.json$/, ""));
  const rows = names.sort().map((name) => `    (\n        "${name}",\n        include_str!("../../../../contracts/artifacts/${name}.json"),\n    ),`);
  return [
    "//! Written by `contracts/build.mjs`: every contract that is deployed, with the text of its artifact.",
    "",
    "/// Name and text, in the order of names.",
    `pub(super) const TABLE: &[(&str, &str)] = &[`,
    ...rows,
    "];",
    "",
  ].join("\n");
}

async function main() {
  const out = await outputs(compiler());
  const wanted = Object.fromEntries(Object.entries(out).map(([path, content]) => [join(OUT, path), content]));
  wanted[join(OUT, "manifest.json")] = manifest(out);
  wanted[TABLE] = table(out);
  const stale = files(OUT, ".json").filter((file) => !(file in wanted));
  if (process.argv.includes("--check")) {
    const differs = Object.entries(wanted).filter(([file, content]) => !existsSync(file) || readFileSync(file, "utf8") !== content);
    const names = [...differs.map(([file]) => file), ...stale].map((file) => relative(HERE, file));
    if (names.length > 0) {
      console.error(`not what the sources say: ${names.join(", ")}`);
      process.exit(1);
    }
    console.log(`${Object.keys(wanted).length} files are what the sources say`);
    return;
  }
  for (const file of stale) rmSync(file);
  for (const [file, content] of Object.entries(wanted)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  for (const [path, content] of Object.entries(out)) {
    if (path.includes("/")) continue;
    console.log(`${path.padEnd(28)} ${JSON.parse(content).runtime.length / 2} bytes`);
  }
}

if (isMainThread) await main();
else parentPort.postMessage(weakened(compiler(), workerData));
