/** Where the server looks for the console. */
export const CONSOLE_FOLDER: string;

/** Whether the console is missing or out of date. */
export function isConsoleStale(): boolean;
