import type { TypedDocumentString } from '../generated/graphql.ts';

/** A typed client in one function: the result and the variables have the types of the document. */
export function keywright(url: string, token: string) {
  return async <Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Result; errors?: { message: string }[] };
    if (!data || errors?.length)
      throw new Error(errors?.map((error) => error.message).join('; ') ?? 'no data');
    return data;
  };
}
