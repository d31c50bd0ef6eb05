export function entry(load: string, minimum: string): string;
export function minimumOf(packageJson: { readonly engines: { readonly node: string } }): string;
