import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '../../context.ts';
import type { Config } from '../../core/config/config.ts';
import type { Measurements, VerificationOutcome } from '../../core/measurements.ts';
import { Refusal } from '../../core/refusal.ts';
import { isFailure, type Verdict, type VerificationCode, verifySecret } from '../../verification/verify.ts';
import type { Verification } from '../../verification-host/context.ts';
import { failureHeaders, TOO_MANY_FAILURES } from '../auth/too-many-failures.ts';
import { clientAddress } from '../client-address.ts';
import { IDENTITY_BYTES_MAX, identityHeaders, noIdentityHeaders } from './identity-headers.ts';
import { isPreflight } from './preflight.ts';
import { presentedKey, SEVERAL } from './presented-key.ts';
import { readVerifyQuery, type VerifyParams } from './verify-query.ts';
import {
  addLimit,
  CHALLENGE,
  challengeOf,
  NO_KEY,
  type RawHeaders,
  TWO_KEYS,
  UNDECIDED,
  verifyRefusal,
} from './verify-refusal.ts';
import type { VerifyCode } from './verify-status.ts';

/** The services that `/verify` uses. */
export interface VerifyServices extends Verification, Pick<Services, 'clock' | 'log' | 'measurements'> {
  readonly config: Pick<Config, 'trustedProxies'>;
}

/** Responds to a request, synchronously if nothing has to be awaited. Never throws or rejects. */
export type VerifyHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
) => void | Promise<void>;

const TOO_LARGE = `The identity headers of this key exceed ${IDENTITY_BYTES_MAX} bytes: reduce its permissions or teams`;

/**
 * Forward authentication for gateways: 200 with the key's identity in headers, or a refusal with `{code, message}`.
 * Reads only the query, the two headers that can contain a key, the headers of a CORS preflight and, behind a trusted
 * proxy, X-Forwarded-For. Doesn't read the body.
 */
export function verifyHandler(services: VerifyServices): VerifyHandler {
  const { config, clock, failures, log, measurements } = services;

  /** 401, or 429 after too many failures from the address. Valid keys are still accepted from it. */
  const refuseFailure = (
    response: ServerResponse,
    ip: string | null,
    code: VerificationCode,
    message: string,
  ): void => {
    const state = failures.count(ip);
    if (state.allowed) return refuse(response, code, message, challengeOf(code));
    refuse(response, 'RATE_LIMITED', TOO_MANY_FAILURES, failureHeaders(failures, state, clock.now()));
  };

  const answer = (response: ServerResponse, verdict: Verdict, ip: string | null): void => {
    const { code, message, record } = verdict;
    if (isFailure(code)) return refuseFailure(response, ip, code, message);
    if (code !== 'VALID' || !record)
      return refuse(response, code, message, limitHeaders(challengeOf(code), verdict, clock.now()));
    const identity = identityHeaders(record);
    if (!identity)
      return refuse(response, 'IDENTITY_TOO_LARGE', TOO_LARGE, limitHeaders([], verdict, clock.now()));
    response.writeHead(200, limitHeaders(identity, verdict, clock.now()));
    response.end();
  };

  const fail = (response: ServerResponse, error: unknown): void => {
    log.warn('An API key could not be verified', { error });
    if (response.headersSent) response.destroy();
    else refuse(response, 'UNAVAILABLE', UNDECIDED, ['Retry-After', '1']);
  };

  const decide = (
    request: IncomingMessage,
    response: ServerResponse,
    params: VerifyParams,
  ): Promise<void> | undefined => {
    const ip = clientAddress(request, config.trustedProxies);
    const secret = presentedKey(request.rawHeaders);
    if (secret === null) {
      if (!params.preflight || !isPreflight(request))
        return void refuse(response, 'MALFORMED', NO_KEY, CHALLENGE);
      response.writeHead(200, noIdentityHeaders());
      response.end();
    } else if (secret === SEVERAL) refuse(response, 'BAD_REQUEST', TWO_KEYS, []);
    else {
      // Not spread: on the path of every request.
      const { permissions, anyPermissions, teamId, environment, reportTo, visible, visibleKeys } = params;
      const verdict = verifySecret(services, {
        secret,
        permissions,
        anyPermissions,
        ip,
        teamId,
        environment,
        takeRateLimit: true,
        reportTo,
        mayFail: () => failures.allows(ip),
        visible,
        visibleKeys,
      });
      if (verdict instanceof Promise) return verdict.then((known) => answer(response, known, ip));
      answer(response, verdict, ip);
    }
    return undefined;
  };

  const handle: VerifyHandler = (request, response, query) => {
    try {
      const params = readVerifyQuery(query);
      if (params instanceof Refusal) return refuse(response, 'BAD_USER_INPUT', params.message, []);
      return decide(request, response, params)?.catch((error: unknown) => fail(response, error));
    } catch (error) {
      fail(response, error);
    }
  };
  return measurements ? measured(handle, measurements) : handle;
}

/** Measures how long a handler takes to answer. */
function measured(handle: VerifyHandler, measurements: Measurements): VerifyHandler {
  const observe = ({ statusCode }: ServerResponse, begunAt: number): void =>
    measurements.verification('verify', outcomeOf(statusCode), performance.now() - begunAt);
  return (request, response, query) => {
    const begunAt = performance.now();
    const pending = handle(request, response, query);
    if (pending) return pending.then(() => observe(response, begunAt));
    observe(response, begunAt);
  };
}

function outcomeOf(status: number): VerificationOutcome {
  if (status === 200) return 'accepted';
  return status === 503 ? 'failed' : 'denied';
}

/** Adds the state of the key's rate limit, if it has one, to headers. */
function limitHeaders(headers: RawHeaders, verdict: Verdict, now: number): RawHeaders {
  return addLimit(headers, verdict.code, verdict.record?.rateLimit, verdict, now);
}

function refuse(response: ServerResponse, code: VerifyCode, message: string, headers: RawHeaders): void {
  const refusal = verifyRefusal(code, message, headers);
  response.writeHead(refusal.status, refusal.headers);
  response.end(refusal.body);
}
