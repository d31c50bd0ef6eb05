import packageJson from '../../../package.json' with { type: 'json' };
import type { EventBus, StartableBus } from '../../cluster/bus.ts';
import { concernsKeys, staleBy } from '../../cluster/stale.ts';
import type { VerificationProcesses } from '../../cluster/verification-processes.ts';
import type { Measurements } from '../../core/measurements.ts';
import type { UsageRecorder } from '../../usage/recorder.ts';
import type { KeyLookup, UsageSink } from '../../verification/services.ts';
import type { StartableRateLimiter } from '../../verification-host/create-rate-limiter.ts';
import type { VerifierHub } from '../../verifiers/hub.ts';
import type { Connections } from '../connections/connections.ts';
import type { LiveServer } from '../websocket/live-server.ts';
import { createMeasurements } from './measurements.ts';
import { countingByCode } from './process-counts.ts';
import { showVerifiers } from './verifier-metrics.ts';

/** Metrics for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  readonly measurements: Measurements;
  /** The same sink; verifications are counted by code. */
  counting(usage: UsageSink): UsageSink;
  /** The same bus; the time until changes have reached every node is measured. */
  measuring(bus: EventBus): EventBus;
  /** Adds the verifiers of this server. */
  verifying(hub: VerifierHub): void;
  /** Adds the subscriptions and connections of this server. */
  showing(live: LiveServer, connections: Connections): void;
}

type Shown = (name: string, help: string, read: () => number | null | undefined) => void;

type Counted = (
  name: string,
  help: string,
  label: 'code' | 'from' | 'type' | null,
  read: () => Readonly<Record<string, number>> | null,
) => void;

interface Sources {
  readonly keys: KeyLookup;
  readonly recorder: Pick<UsageRecorder, 'status'>;
  readonly bus: Pick<StartableBus, 'status'>;
  readonly limiter: Pick<StartableRateLimiter, 'status'>;
  /** Null: this process has none. */
  readonly processes: VerificationProcesses | null;
}

/** Creates the metrics. The library is loaded only if metrics are enabled. */
export async function createMetrics({ keys, recorder, bus, limiter, processes }: Sources): Promise<Metrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  /** A gauge whose value is read on request; absent without a value. */
  const shown: Shown = (name, help, read) => {
    new Gauge({
      name: `keywright_${name}`,
      help,
      registers,
      collect() {
        const value = read();
        if (value === null || value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  /** Counters that are kept elsewhere, by the values of a label. */
  const counted: Counted = (name, help, label, read) => {
    new Counter({
      name: `keywright_${name}`,
      help,
      registers,
      labelNames: label ? [label] : [],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read() ?? {}))
          this.inc(label ? { [label]: value } : {}, count);
      },
    });
  };

  const codes: Record<string, number> = {};
  const others = () => processes?.measures.counts;
  counted('verifications_total', 'Verifications on this node, by code', 'code', () => {
    const all = { ...codes };
    for (const [code, count] of Object.entries(others()?.codes ?? {})) all[code] = (all[code] ?? 0) + count;
    return all;
  });
  counted(
    'lookups_total',
    'API keys looked up on this node, from memory or from the database',
    'from',
    () => ({
      memory: keys.counts.hits + (others()?.lookups.hits ?? 0),
      database: keys.counts.misses + (others()?.lookups.misses ?? 0),
    }),
  );
  shown(
    'usage_waiting_seconds',
    'Seconds that the oldest unwritten use has been waiting',
    () => recorder.status().waitingMs / 1000,
  );
  counted('usage_write_failures_total', 'Failed writes of usage, each of which was retried', null, () => ({
    all: recorder.status().failures,
  }));
  showBus(bus, shown, counted);
  showProcesses(processes, shown, counted);
  shown(
    'rate_limits_shared',
    '1: rate limits are counted in Redis for all nodes, 0: Redis does not respond',
    () => flag(limiter.status()?.shared),
  );
  counted(
    'rate_limit_fallbacks_total',
    'Rate limits decided on this node because Redis did not respond',
    null,
    () => {
      const status = limiter.status();
      return status && { all: status.fallbacks };
    },
  );
  const info = { name: 'keywright_build_info', help: 'Always 1, labeled with the version' };
  new Gauge({ ...info, registers, labelNames: ['version'] }).set({ version: packageJson.version }, 1);

  const { measurements, requests, errors } = createMeasurements(registry, others);
  const types = 'GraphQL operations by type. Those that were rejected before they ran have the type rejected';
  counted('graphql_requests_total', types, 'type', requests);
  counted('graphql_errors_total', 'GraphQL errors sent to clients, by code', 'code', () => errors);

  const propagation = new Histogram({
    name: 'keywright_propagation_seconds',
    help: 'Seconds from the commit of a change to keys until no node verifies by the previous state',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const unconfirmed = new Counter({
    name: 'keywright_propagation_unconfirmed_total',
    help: 'Changes that were completed after the lease of a node had expired, without its confirmation',
    registers,
  });

  return {
    contentType: registry.contentType,
    measurements,
    async text() {
      await processes?.measures.refresh();
      return registry.metrics();
    },
    counting: (usage) => countingByCode(usage, codes),
    measuring: (measured) => ({
      ...measured,
      async announce(changes) {
        const outcome = await measured.announce(changes);
        if (staleBy(changes).some(concernsKeys)) {
          propagation.observe(outcome.milliseconds / 1000);
          if (outcome.confirmedNodes < outcome.totalNodes) unconfirmed.inc();
        }
        return outcome;
      },
    }),
    verifying: (hub) => showVerifiers(hub, { Counter, Gauge, Histogram }, registers),
    showing({ subscriptions, sockets }, connections) {
      shown('subscriptions', 'Active subscriptions', () => subscriptions.counts.live);
      shown('sockets', 'Open WebSockets', () => sockets.size);
      showConnections(connections, shown, counted);
    },
  };
}

function showConnections(connections: Connections, shown: Shown, counted: Counted): void {
  shown('connections', 'Open connections', () => connections.counts.open);
  shown(
    'unsent_bytes',
    'Bytes buffered for clients that have not read them yet',
    () => connections.counts.unsentBytes,
  );
  shown('unread_bytes', 'Bytes of incomplete requests', () => connections.counts.unreadBytes);
  counted('connections_rejected_total', 'Connections rejected because of a connection limit', null, () => ({
    all: connections.counts.rejected,
  }));
  const help =
    'Connections and requests closed because they buffered too many bytes, or the client read none';
  counted('connections_cut_total', help, null, () => ({ all: connections.counts.cut }));
}

/** Absent without such processes. */
function showProcesses(processes: VerificationProcesses | null, shown: Shown, counted: Counted): void {
  shown('verification_processes', 'Verification processes that accept requests', () => processes?.running);
  const help =
    'Verification processes that did not answer in time. Their counters are those of their last answer';
  shown('verification_processes_silent', help, () => processes?.measures.silent);
  counted(
    'verification_process_restarts_total',
    'Verification processes that were replaced',
    null,
    () => processes && { all: processes.measures.restarts },
  );
}

function showBus(bus: Sources['bus'], shown: Shown, counted: Counted): void {
  const help = 'and verifies from its cache; 0: it reads the database for every verification';
  shown('node_current', `1: this node receives the messages of all others ${help}`, () =>
    flag(bus.status()?.current),
  );
  shown('node_connected', '1: the listening connection is up', () => flag(bus.status()?.connected));
  shown('nodes', 'Nodes on this database, as seen from this node', () => bus.status()?.nodes);
  shown('bus_round_trip_seconds', 'Round-trip time of this node’s last message to itself', () => {
    const milliseconds = bus.status()?.roundTripMs;
    return milliseconds === undefined || milliseconds === null ? null : milliseconds / 1000;
  });
  counted('bus_connections_lost_total', 'Listening connections that were lost', null, () => {
    const status = bus.status();
    return status && { all: status.connectionsLost };
  });
}

function flag(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}
