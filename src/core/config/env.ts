/** The process's environment, read only here. An empty value counts as unset. */
export function readEnvironment(): Readonly<Record<string, string>> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(set);
}
