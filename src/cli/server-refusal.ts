import { optionNamed } from './option-names.ts';

/** Why a server rejected an operation. Errors and the error members of a union have this form. */
export interface Refusal {
  readonly message: string;
  readonly code?: string;
  /** All issues of an input. */
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** An operation that the server rejected. The message has one line per issue, named by its option. */
export class ServerRefusal extends Error {
  readonly code: string | undefined;
  /** Whether an organization must be named. */
  readonly lacksOrganization: boolean;

  constructor(refusals: readonly Refusal[]) {
    super(refusals.flatMap(lines).join('\n'));
    this.name = new.target.name;
    this.code = refusals[0]?.code;
    this.lacksOrganization = refusals
      .flatMap(({ issues = [] }) => issues)
      .some(({ path }) => path.at(-1) === 'organizationId' || path.join() === 'id');
  }
}

const NEW_TOKEN =
  'It may have expired, or belong to another server. On the server, keywright session-token prints a new one';

/** The reason of a GraphQL error, with what to do about it. */
export function refusalOf(error: {
  readonly message: string;
  readonly extensions?: Omit<Refusal, 'message'>;
}): Refusal {
  const { message, extensions } = error;
  return {
    ...extensions,
    message: extensions?.code === 'UNAUTHENTICATED' ? `${message}. ${NEW_TOKEN}` : message,
  };
}

/** A field that is null only with an error, which is thrown before. */
export function required<T>(value: T | null): T {
  if (value === null) throw new Error('The response of the server is incomplete');
  return value;
}

/** The success member of a result union. Throws ServerRefusal for an error member. */
export function accepted<Union extends { readonly __typename: string }, Name extends Union['__typename']>(
  result: Union | null,
  name: Name,
): Extract<Union, { readonly __typename: Name }> {
  const answered = required(result);
  if (answered.__typename === name) return answered as Extract<Union, { readonly __typename: Name }>;
  throw new ServerRefusal([answered as unknown as Refusal]);
}

function lines({ message, issues }: Refusal): string[] {
  if (!issues?.length) return [message];
  return issues.map((issue) => `${optionNamed(issue.path)}: ${issue.message}`);
}
