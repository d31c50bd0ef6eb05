/** The document of a page of the sign-in; `title` and `main` are HTML, `script` is an address. */
export function signInDocument({
  title,
  main,
  script,
}: {
  title: string;
  main: string;
  script?: string;
}): string {
  const scripted = script ? `\n    <script src="${script}" defer></script>` : '';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/sign-in.css">${scripted}
  </head>
  <body>
    <main>
      <h1>Keywright</h1>
${main}
    </main>
  </body>
</html>
`;
}
