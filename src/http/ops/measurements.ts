import type { Registry } from 'prom-client';
import type {
  Measurements,
  OperationType,
  VerificationCounts,
  VerificationDoor,
  VerificationOutcome,
} from '../../core/measurements.ts';
import { Durations } from './durations.ts';
import { VERIFICATION_BOUNDS } from './process-counts.ts';

/**
 * Histograms of operations and verifications; `requests` and `errors` are counts by type and code. `processes` returns
 * the counts of the verification processes.
 */
export function createMeasurements(registry: Registry, processes: () => VerificationCounts | undefined) {
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
    bounds: VERIFICATION_BOUNDS,
  });
  const series = (door: VerificationDoor, result: VerificationOutcome) =>
    verifications.series({ door, result }, () =>
      door === 'verify' ? (processes()?.seconds[result] ?? []) : [],
    );
  const ofDoor = (door: VerificationDoor) => ({
    accepted: series(door, 'accepted'),
    denied: series(door, 'denied'),
    failed: series(door, 'failed'),
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
