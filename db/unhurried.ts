/** Work in progress in this process during which a server may take any time for a statement. */
let underWay = 0;

/** Runs such work. Connections to the server stay open, even without traffic. */
export async function unhurriedly<T>(work: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}

export function isUnhurried(): boolean {
  return underWay > 0;
}
