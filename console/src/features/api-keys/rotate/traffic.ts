import { useEffect, useState } from 'react';
import { now } from '../../../api/clock.ts';
import type { SecretFactsFragment } from '../../../generated/graphql.ts';

/** Time range of the share of traffic, milliseconds. */
const WINDOW_MS = 300_000;

/** Number of uses of each secret at a time. */
export interface Sample {
  readonly at: number;
  readonly uses: ReadonlyMap<string, number>;
}

/** Recent usage: uses of each secret within the window, and in total. */
export interface Traffic {
  readonly total: number;
  of(secretId: string): number;
}

/** The samples with a new one, limited to the window: the last one before it is where counting starts. */
export function sampled(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const all = [...samples, next];
  const first = all.findLastIndex(({ at }) => at <= next.at - WINDOW_MS);
  return first > 0 ? all.slice(first) : all;
}

/** Usage between the first and the last sample. */
export function trafficOf(samples: readonly Sample[]): Traffic {
  const [first, last] = [samples[0], samples.at(-1)];
  const of = (secretId: string) => (last?.uses.get(secretId) ?? 0) - (first?.uses.get(secretId) ?? 0);
  let total = 0;
  for (const secretId of last?.uses.keys() ?? []) total += of(secretId);
  return { total, of };
}

/** Usage of the secrets since the view was opened, at most the last five minutes. */
export function useTraffic(secrets: readonly SecretFactsFragment[]): Traffic {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const written = secrets.map(({ id, uses }) => `${id} ${uses}`).join(',');
  useEffect(() => {
    const uses = new Map(
      written.split(',').map((one) => {
        const [id = '', count] = one.split(' ');
        return [id, Number(count)];
      }),
    );
    setSamples((before) => sampled(before, { at: now(), uses }));
  }, [written]);
  return trafficOf(samples);
}
