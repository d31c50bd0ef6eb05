import module from 'node:module';

// Node.js 22 and later can cache compiled code between starts.
const { enableCompileCache } = module as { enableCompileCache?: () => void };
enableCompileCache?.();

// Imported only now, so that it is cached as well.
const { runProgram } = await import('./cli/program.ts');
const { readEnvironment } = await import('./core/config/env.ts');
const { stdout, stderr, argv } = process;
// The reader has closed the pipe: `keywright keys list --all | head`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const stdin = () => process.stdin;
process.exitCode = await runProgram(argv.slice(2), { stdout, stderr, stdin, env: readEnvironment() });
