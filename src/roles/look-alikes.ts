import { SYSTEM_ROLES } from '../access/permissions.ts';

/**
 * Characters by the letters that they resemble: those of confusables.txt (UTS #39, Unicode 17.0.0) with a prototype in
 * a system role's name, except for those that NFKD converts to the letters. © Unicode, Inc.,
 * https://www.unicode.org/license.txt
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  A: '\u0391\u0410\u13aa\u15c5\ua4ee\u{102a0}\u{16f40}\u{1ccd6}',
  a: '\u0251\u03b1\u0430\u237a',
  B: '\u0392\u0412\u13f4\u15f7\u2c82\ua4d0\ua7b4\u{10282}\u{102a1}\u{10301}\u{1ccd7}',
  b: '\u0184\u042c\u13cf\u1472\u15af\u{16eb6}',
  D: '\u13a0\u15de\u15ea\ua4d3\u{1ccd9}',
  d: '\u0501\u13e7\u146f\ua4d2',
  E: '\u0395\u0415\u13ac\u22ff\u2d39\ua4f0\u{10286}\u{118a6}\u{118ae}\u{1ccda}',
  e: '\u0435\u04bd\u212e\uab32',
  i: '\u0131\u0269\u026a\u03b9\u0456\u0582\u13a5\u2373\u2c93\ua647\uab75\u{118c3}',
  M: '\u039c\u03fa\u041c\u13b7\u15f0\u16d6\u2c98\ua4df\u{102b0}\u{10311}\u{1cce2}',
  MB: '\u{1f76b}',
  N: '\u039d\u2c9a\ua4e0\u{10513}\u{1cce3}',
  n: '\u0578\u057c',
  O: [
    '0\u039f\u041e\u0555\u07c0\u0b20\u0ce6\u12d0\u2c9e\u2d54\u3007\ua4f3\u{10292}\u{102ab}\u{10404}',
    '\u{104c2}\u{10516}\u{118b5}\u{118e0}\u{11de0}\u{1cce4}\u{1ccf0}',
  ].join(''),
  o: [
    '\u03bf\u03c3\u03ed\u043e\u0585\u05e1\u0647\u0665\u06be\u06c1\u06d5\u06f5\u0966\u09e6\u0a66\u0ae6',
    '\u0b66\u0be6\u0c02\u0c66\u0c82\u0d02\u0d20\u0d66\u0d82\u0e50\u0ed0\u101d\u1040\u10ff\u17e0\u1d0f',
    '\u1d11\u2c9f\uab3d\u{1042c}\u{104ea}\u{114d0}\u{118c8}\u{118d7}',
  ].join(''),
  R: '\u01a6\u13a1\u13d2\u1587\ua4e3\u{104b4}\u{16f35}\u{1cce7}\u{1d216}',
  r: '\u0433\u1d26\u2c85\uab47\uab48\uab81',
  rn: 'm\u{11700}\u{118e3}',
  W: '\u051c\u13b3\u13d4\ua4ea\u{118e6}\u{118ef}\u{1ccec}',
  w: '\u026f\u0448\u0461\u051d\u0561\u1d21\u2cbd\uab83\u{1170a}\u{1170e}\u{1170f}',
};

const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([letters, alike]) => [...alike].map((one) => [one, letters])),
);

/** The system role whose name this different name could be mistaken for, or null. */
export function systemRoleLike(name: string): string | null {
  const lower = name.toLowerCase();
  const like = SYSTEM_ROLES.find((role) => role.name !== lower && skeleton(role.name) === skeleton(name));
  return like?.name ?? null;
}

/**
 * The skeleton of a name (UTS #39, section 4), ignoring case and compatibility forms, for the letters of system roles.
 */
function skeleton(name: string): string {
  return prototypes(prototypes(name.normalize('NFKD')).toLowerCase());
}

function prototypes(text: string): string {
  return [...text].map((character) => PROTOTYPES.get(character) ?? character).join('');
}
