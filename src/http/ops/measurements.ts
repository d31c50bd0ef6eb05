import type { Registry } from 'prom-client';
import type { Measurements, OperationType, VerificationDoor } from '../../core/measurements.ts';
import { Durations } from './durations.ts';

/** Histograms of operations and verifications; `requests` and `errors` are counts by type and code. */
export function createMeasurements(registry: Registry) {
  const operations = new Durations(registry, {
    name: 'keywright_graphql_request_seconds',
    help: 'Seconds from parsing the document of a GraphQL operation until its result, by type of operation',
    bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  });
  const ofType = (type: OperationType) => operations.series({ type });
  const types: Readonly<Record<OperationType, (seconds: number) => void>> = {
    query: ofType('query'),
    mutation: ofType('mutation'),
    subscription: ofType('subscription'),
    rejected: ofType('rejected'),
  };
  const verifications = new Durations(registry, {
    name: 'keywright_verification_seconds',
    help: 'Seconds until a verification was answered, by door (verify: /verify, introspect: /introspect, graphql: verifyApiKey) and result',
    bounds: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  });
  const ofDoor = (door: VerificationDoor) => ({
    accepted: verifications.series({ door, result: 'accepted' }),
    denied: verifications.series({ door, result: 'denied' }),
    failed: verifications.series({ door, result: 'failed' }),
  });
  const doors = {
    verify: ofDoor('verify'),
    introspect: ofDoor('introspect'),
    graphql: ofDoor('graphql'),
  };
  const errors: Record<string, number> = {};
  const measurements: Measurements = {
    verification: (door, outcome, milliseconds) => doors[door][outcome](milliseconds / 1000),
    operation: (type, milliseconds) => types[type](milliseconds / 1000),
    error(code) {
      errors[code] = (errors[code] ?? 0) + 1;
    },
  };
  return { measurements, requests: () => operations.totals('type'), errors };
}
