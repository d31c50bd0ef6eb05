const BROWSERS = [
  ['Edge', /Edg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /OPR\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ['Safari', /Version\/(\d+)(?:\.\d+)* (?:Mobile\/\w+ )?Safari\//],
  ['curl', /^curl\/(\d+)/],
] as const;

const SYSTEMS = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux|X11/],
] as const;

/** Device derived from the user agent, which is unverified: `Firefox 128 on Linux`. */
export function deviceOf(userAgent: string): string {
  const system = SYSTEMS.find(([, shape]) => shape.test(userAgent))?.[0];
  for (const [browser, shape] of BROWSERS) {
    const version = shape.exec(userAgent)?.[1];
    if (version) return system ? `${browser} ${version} on ${system}` : `${browser} ${version}`;
  }
  const [program = ''] = userAgent.split(/[\s/]/);
  return system ?? (program || 'Unknown device');
}

/** Whether it is a handheld device. */
export function isHandheld(userAgent: string): boolean {
  return /iPhone|iPad|Android|Mobile/.test(userAgent);
}
