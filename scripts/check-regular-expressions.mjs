import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findRegularExpressions } from './regular-expressions.mjs';

// The JavaScript analyzer: the same on every machine, without starting another program.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

/** The seed makes the search for attacks repeatable. The time is far more than any expression should need. */
const ANALYSIS = { randomSeed: 1, timeout: 120_000 };

/**
 * Fails if a regular expression in one of the files or folders may take more than linear time, or can't be analyzed.
 */
function main(paths) {
  const verdicts = new Map();
  const faults = [];
  let count = 0;
  for (const path of paths.flatMap(sourcesIn))
    for (const { line, pattern, flags, fault } of findRegularExpressions(path, readFileSync(path, 'utf8'))) {
      count += 1;
      const expression = `/${pattern}/${flags}`;
      if (!fault && !verdicts.has(expression)) verdicts.set(expression, verdictOn(pattern, flags));
      const why = fault ?? verdicts.get(expression);
      if (why) faults.push(`${path}:${line}: ${fault ? '' : `${expression} `}${why}`);
    }
  for (const fault of faults) console.error(fault);
  console.log(`${count} regular expressions, ${faults.length} faults`);
  process.exitCode = faults.length > 0 || count === 0 ? 1 : 0;
}

/** The fault of the expression, or null. */
function verdictOn(pattern, flags) {
  const { status, complexity, attack, error } = checkSync(pattern, flags, ANALYSIS);
  if (status === 'safe') return null;
  if (status === 'vulnerable') return `takes ${complexity.summary} time, for example of ${attack.pattern}`;
  return `can't be analysed: ${error.kind}`;
}

function sourcesIn(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((name) => /\.[mc]?tsx?$/.test(name) && statSync(name).isFile())
    .sort();
}

main(process.argv.slice(2));
