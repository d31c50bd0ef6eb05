import { runVerificationProcess } from '../../verify-server/process.ts';
import type { Io } from '../io.ts';

/** Runs a verification process, started by `serve`. */
export async function verificationProcess({ env }: Io): Promise<void> {
  await runVerificationProcess(env);
}
