// Runs a TypeScript file of the project in this process: `node run.js main.ts`.
const { enableCompileCache } = require("node:module");
const { dirname, join, resolve } = require("node:path");
const { compile, problemsOf } = require("./compile.js");

// Packages are compiled once, by versions of Node.js that keep what they compiled (22.1 and later). It may be deleted at any time.
enableCompileCache?.(join(__dirname, "node_modules/.cache/terrace/compiled"));

const file = resolve(process.argv[2] ?? "main.ts");

compile(file).then(
  (code) => {
    process.argv.splice(1, 2, file);
    module.filename = file;
    module.paths = module.constructor._nodeModulePaths(dirname(file));
    // For this code alone, and for a trace that is shown: with the maps of every package a synth takes a sixth longer.
    process.setSourceMapsEnabled(true);
    process.once("uncaughtExceptionMonitor", () => process.setSourceMapsEnabled(true));
    module._compile(`process.setSourceMapsEnabled(false);${code}`, file);
  },
  (error) => {
    console.error(problemsOf(error));
    process.exitCode = 1;
  },
);
