import module from 'node:module';

// Node 22 and later keep compiled code from one start to the next.
const { enableCompileCache } = module as { enableCompileCache?: () => void };
enableCompileCache?.();

// Only now, so that what follows is kept as well.
const { runProgram } = await import('./cli/program.ts');
const { readEnvironment } = await import('./core/config/env.ts');
const { stdout, stderr, argv } = process;
// Whoever reads it has seen enough: `keywright keys list --all | head`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const stdin = () => process.stdin;
process.exitCode = await runProgram(argv.slice(2), { stdout, stderr, stdin, env: readEnvironment() });
