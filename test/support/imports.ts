import { parseAst } from 'rolldown/parseAst';

/** What a file takes from elsewhere. */
export interface Dependencies {
  /** Every module it names, for values or types, in `import`, `export … from`, `import()`, `import('…').Type`, `require`. */
  readonly modules: readonly string[];
  /** Whether it imports something whose name is computed, so that nobody can read it off. */
  readonly computed: boolean;
  /** Whether it reads the environment of the process. */
  readonly environment: boolean;
}

type Node = { readonly type: string; readonly [key: string]: unknown };

/** Reads a TypeScript file's dependencies off its syntax tree. Throws where the file does not parse. */
export function readDependencies(path: string, text: string): Dependencies {
  const modules = new Set<string>();
  let computed = false;
  let environment = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    const named = moduleOf(value);
    if (named && typeof named.value === 'string') modules.add(named.value);
    else if (named) computed = true;
    if (readsEnvironment(value)) environment = true;
    for (const child of Object.values(value)) visit(child);
  };
  visit(parse(path, text));
  return { modules: [...modules], computed, environment };
}

function parse(path: string, text: string): unknown {
  try {
    return parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }, path);
  } catch (cause) {
    throw new Error(`${path} does not parse`, { cause });
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** The expression that names a module, where the node is one that does. */
function moduleOf(node: Node): Node | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return isNode(node.source) ? node.source : null;
    case 'TSExternalModuleReference':
      return isNode(node.expression) ? node.expression : null;
    case 'CallExpression': {
      const [first] = node.arguments as unknown[];
      return isNamed(node.callee, 'require') && isNode(first) ? first : null;
    }
    default:
      return null;
  }
}

function readsEnvironment(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return isNamed(node.property, 'env') && isProcess(node.object);
    case 'VariableDeclarator':
      return isProcess(node.init) && isNode(node.id) && node.id.type === 'ObjectPattern' && takesEnv(node.id);
    case 'ImportDeclaration':
      return ['process', 'node:process'].includes((node.source as { value: string }).value) && takesEnv(node);
    default:
      return false;
  }
}

/** `process`, `globalThis.process`, `import.meta` (which has an `env` of its own under some tools). */
function isProcess(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (value.type === 'MetaProperty') return true;
  return isNamed(value.type === 'MemberExpression' ? value.property : value, 'process');
}

function takesEnv(node: Node): boolean {
  const parts = (node.properties ?? node.specifiers ?? []) as Node[];
  return parts.some((part) => isNamed(part.key ?? part.imported, 'env'));
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && (value.name === name || value.value === name);
}
