/** The argument with which the program's entry file runs as a verification process. */
export const PROCESS_ARGUMENT = 'verification-process';
