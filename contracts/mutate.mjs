// Writes mutants of the guards: the sources with one small mistake each, compiled. Tests that let a mutant
// through would let the mistake through.
//
//   node mutate.mjs <count|all> <seed>      one JSON object a line, on standard output
//
// Each line has the file and line of the mistake, the line before and after, and the creation code of
// every contract that it changes. A mutant that does not compile, or compiles to the same code, is none.
// The compiler is found as build.mjs finds it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
/** What is mutated, and the contracts whose tests have to notice. */
const SUBJECTS = ["guards/Erc20Guard", "guards/UniswapV2Guard", "guards/UniswapV3Guard", "guards/Erc4626Guard",
  "guards/AaveV3Guard", "assets/Erc20Asset", "assets/Erc4626Asset", "assets/AaveV3Asset", "assets/UniswapV2LpAsset",
  "oracles/ChainlinkFeed", "oracles/TwapFeed"].map((name) => `src/${name}.sol`);
/** Files without rules. */
const SPARED = /src\/(interfaces|protocols)\/|\/(Kinds|Refused)\.sol$/;
const BATCH = 40;
const SETTINGS = {
  evmVersion: "prague",
  optimizer: { enabled: false },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
  outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
};

/** What may go wrong in a line: each a pattern, and what to write in its place. */
const MISTAKES = [
  [/ == /g, " != "], [/ != /g, " == "],
  [/ < /g, " <= "], [/ < /g, " > "], [/ > /g, " >= "], [/ > /g, " < "], [/ <= /g, " < "], [/ >= /g, " > "],
  [/ && /g, " || "], [/ \|\| /g, " && "],
  [/ \+ /g, " - "], [/ - /g, " + "], [/ \* /g, " / "], [/ \/ /g, " * "], [/ % /g, " * "],
  [/ << /g, " >> "], [/ >> /g, " << "], [/ & /g, " | "], [/ \+= /g, " -= "],
  [/if \(!/g, "if ("], [/if \((?=.*\) (revert|return|continue))/g, "if (false && "],
  [/(?<![\w\[.])\d[\d_]*(?![\w\]])/g, (digits) => String(BigInt(digits.replaceAll("_", "")) + 1n)],
  [/\btrue\b/g, "false"], [/\bfalse\b/g, "true"],
  [/Rules\.ZERO/g, "Rules.MINIMUM"], [/Rules\.MINIMUM/g, "Rules.ZERO"], [/Rules\.MAXIMUM/g, "Rules.MINIMUM"],
  [/Kinds\.\w+/g, "Kinds.APPROVE"], [/_incoming\(/g, "_enabled("], [/_incoming\(/g, "_taken("],
  [/_recipient\(/g, "_owner("], [/_owner\(/g, "_recipient("],
  // Arguments the wrong way round.
  [/(?<=[\w.]\()([\w.\[\]]+), ([\w.\[\]]+)(?=[,)])/g, (_, a, b) => `${b}, ${a}`],
  [/(?<=[\w.]\([^()]*, )([\w.\[\]]+), ([\w.\[\]]+)(?=\))/g, (_, a, b) => `${b}, ${a}`],
  // A statement is forgotten.
  [/^\s+(_\w+|Canonical\.\w+)\(.*\);$/g, ""], [/^\s+if \(.*;$/g, ""], [/^\s+ruling\.\w+ = .*;$/g, ""],
  [/ [+-]= .*;$/g, " += 0;"],
];

const read = (path) => readFileSync(join(HERE, path), "utf8");
const imports = (path, text) => [...text.matchAll(/^import .*?"(.+?)";/gm)].map(([, name]) => join(dirname(path), name));

/** A file and all that it imports. */
function closure(path) {
  const texts = {};
  const visit = (one) => {
    if (one in texts) return;
    texts[one] = read(one);
    imports(one, texts[one]).forEach(visit);
  };
  visit(path);
  return texts;
}

/** Every mistake in a file: its line, the line before and after, and the text of the file with it. */
function* mistakes(path, whole) {
  const lines = whole.split("\n");
  for (const [at, line] of lines.entries()) {
    if (/^\s*(\/\/|\*|import|pragma|error|function \w+\($)/.test(line) || line.trim() === "") continue;
    const seen = new Set();
    for (const [pattern, instead] of MISTAKES) {
      for (const match of line.matchAll(pattern)) {
        const once = (...found) => {
          if (found.at(-2) !== match.index) return found[0];
          return typeof instead === "function" ? instead(...found) : instead;
        };
        const changed = line.replace(pattern, once);
        if (changed === line || seen.has(changed)) continue;
        seen.add(changed);
        const text = lines.with(at, changed).join("\n");
        yield { file: path, line: at + 1, before: line.trim(), after: changed.trim(), text };
      }
    }
  }
}

/** Numbers from a seed: the same for everybody. */
function dice(seed) {
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
  return (sides) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(sides));
  };
}

function sample(all, count, seed) {
  if (count === "all") return all;
  const roll = dice(seed);
  const left = [...all];
  const drawn = [];
  while (drawn.length < Number(count) && left.length > 0) drawn.push(...left.splice(roll(left.length), 1));
  return drawn;
}

function solc() {
  const home = process.env.PORTCULLIS_SOLC ?? HERE;
  return createRequire(join(home, "package.json"))("solc");
}

/** The creation code of subjects, by number of the mutant; those that do not compile are left out. */
function compile(compiler, trees) {
  const left = new Map(trees.map((tree, at) => [`m${at}`, tree]));
  while (left.size > 0) {
    const sources = {};
    for (const [name, tree] of left) {
      for (const [path, content] of Object.entries(tree)) sources[`${name}/${path}`] = { content };
    }
    const output = JSON.parse(compiler.compile(JSON.stringify({ language: "Solidity", sources, settings: SETTINGS })));
    const errors = (output.errors ?? []).filter((word) => word.severity === "error");
    if (errors.length === 0) return output.contracts;
    const broken = new Set(errors.map((word) => word.sourceLocation?.file.split("/")[0]));
    const before = left.size;
    for (const name of broken) left.delete(name);
    if (left.size === before) throw new Error(errors[0].formattedMessage);
  }
  return {};
}

function codes(contracts, name) {
  const found = {};
  for (const path of SUBJECTS) {
    const contract = basename(path, ".sol");
    const code = contracts[`${name}/${path}`]?.[contract]?.evm.bytecode.object;
    if (code) found[contract] = code;
  }
  return found;
}

function main() {
  const [count = "all", seed = "1"] = process.argv.slice(2);
  const trees = new Map(SUBJECTS.map((path) => [path, closure(path)]));
  const whole = Object.assign({}, ...trees.values());
  const files = Object.keys(whole).filter((path) => !SPARED.test(path)).sort();
  const all = files.flatMap((path) => [...mistakes(path, whole[path])]);
  const compiler = solc();
  const plain = codes(compile(compiler, [whole]), "m0");
  const unseen = SUBJECTS.filter((path) => !(basename(path, ".sol") in plain));
  // Without its own code no mistake in it would compile, and none would be counted.
  if (unseen.length > 0) throw new Error(`does not compile without the optimizer: ${unseen.join(", ")}`);
  const drawn = sample(all, count, seed);
  console.error(`${all.length} mistakes, ${drawn.length} drawn`);
  for (let at = 0; at < drawn.length; at += BATCH) {
    const batch = drawn.slice(at, at + BATCH);
    const mutated = batch.map((mistake) => {
      const users = [...trees.values()].filter((tree) => mistake.file in tree);
      return { ...Object.assign({}, ...users), [mistake.file]: mistake.text };
    });
    const contracts = compile(compiler, mutated);
    for (const [number, { file, line, before, after }] of batch.entries()) {
      const changed = Object.entries(codes(contracts, `m${number}`)).filter(([name, code]) => code !== plain[name]);
      if (changed.length > 0) console.log(JSON.stringify({ file, line, before, after, code: Object.fromEntries(changed) }));
    }
  }
}

main();
