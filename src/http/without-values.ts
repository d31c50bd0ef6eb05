/**
 * What GraphQL says about values that don't fit, without the values: they may hold a credential that no form tells.
 * Which variable, argument or field it is and what was expected stays.
 */
const QUOTING: readonly (readonly [RegExp, string])[] = [
  // `String cannot represent a non string value: 1`; names of the schema may be proposed after it.
  [/( cannot represent [\w -]*value): .*?( Did you mean [^?]*\?)?$/s, '$1.$2'],
  [/\bValue ".*" does not exist in /s, 'The value does not exist in '],
  [/( Expected value of type "[^"]*"|^Expected value of type "[^"]*"), found .*$/s, '$1.'],
  [/ has invalid value .*$/s, ' has an invalid value.'],
  [/ got invalid value .*?( at "[\w.[\]]+")?; ([^;]*)$/s, ' got an invalid value$1; $2'],
  // Words and signs of the document other than names.
  [/^(Syntax Error: .*?\b(?:String|BlockString|Int|Float|Comment)) ".*"\.$/s, '$1.'],
];

/** A message of GraphQL's own about a request, without the values in it. */
export function withoutValues(message: string): string {
  return QUOTING.reduce((text, [quoting, said]) => text.replace(quoting, said), message);
}
