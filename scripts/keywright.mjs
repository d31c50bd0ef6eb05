#!/usr/bin/env node
// Made by scripts/entry.mjs. Node.js 12 has to understand this file: nothing newer than ES2015 and import().
const version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(
    `Keywright needs Node.js 20.19 or later, and this is ${process.versions.node}: install one from https://nodejs.org\n`,
  );
  process.exitCode = 1;
} else {
  void import('./run.mjs');
}
