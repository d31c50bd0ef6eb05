// On Node.js 20 the addon of better-sqlite3 13 ends the process, so that it must not even be tried.
const { version } = require('better-sqlite3/package.json');
if (!version.startsWith('12.'))
  throw new Error(
    `@keywright/better-sqlite3-node20 found better-sqlite3 ${version} in place of 12: install it again`,
  );
module.exports = require('better-sqlite3');
