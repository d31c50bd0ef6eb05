/**
 * The first file of a program, which loads the rest. Node.js 12 and later can parse it, so that a version that is too
 * old for the rest reports this in one line. `minimum` is, for example, `20.19`.
 */
export function entry(load, minimum) {
  const [major, minor] = minimum.split('.');
  return `#!/usr/bin/env node
// Made by scripts/entry.mjs. Node.js 12 has to understand this file: nothing newer than ES2015 and import().
const version = process.versions.node.split('.').map(Number);
if (version[0] < ${major} || (version[0] === ${major} && version[1] < ${minor})) {
  process.stderr.write(
    \`Keywright needs Node.js ${minimum} or later, and this is \${process.versions.node}: install one from https://nodejs.org\\n\`,
  );
  process.exitCode = 1;
} else {
  void import('${load}');
}
`;
}

/** The version in `engines` of package.json: `20.19` for `>=20.19`. */
export function minimumOf({ engines }) {
  return engines.node.replace(/^>=/, '');
}
