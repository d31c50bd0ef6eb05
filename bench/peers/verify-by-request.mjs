import { Pool } from 'undici';

/** Asks `/verify` of a server on keep-alive connections, as an API without an embedded verifier does. */
export function verifyByRequest(origin) {
  const pool = new Pool(origin, { connections: 32, pipelining: 1 });
  return async (authorization) => {
    const { statusCode, body } = await pool.request({
      path: '/verify?permission=prompt.render',
      method: 'GET',
      headers: { authorization: authorization ?? '' },
    });
    await body.dump();
    return statusCode;
  };
}
