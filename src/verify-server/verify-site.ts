import { healthHandler, type Readiness, readinessHandler } from '../http/ops/health.ts';
import type { Route } from '../http/routes.ts';
import type { Site } from '../http/server.ts';
import { type VerifyServices, verifyHandler } from '../http/verify/verify.ts';

/** What a verification process serves: `/verify`, `/healthz` and `/readyz`. */
export function verifySite(services: VerifyServices, publicUrl: string, readiness: Readiness): Site {
  const routes = new Map<string, Route>([
    ['/healthz', { methods: ['GET'], quiet: true, handle: healthHandler() }],
    ['/readyz', { methods: ['GET'], quiet: true, handle: readinessHandler(readiness, services.log) }],
  ]);
  return { routes, verify: verifyHandler(services), publicUrl };
}
