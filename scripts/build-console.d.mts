/** Where the server looks for the console. */
export const CONSOLE_FOLDER: string;

/** Whether the console is missing, or made from other files than those of now. */
export function isConsoleStale(): boolean;
