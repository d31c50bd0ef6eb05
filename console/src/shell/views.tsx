import type { LucideIcon } from 'lucide-react';
import { type ComponentType, createContext, type LazyExoticComponent, use, useCallback } from 'react';
import { useCan } from '../viewer/organization.tsx';

/** A view and its address within the organization. Views are loaded when they are first opened. */
export interface ViewRoute {
  /** As wouter writes it: `/keys/:keyId`. The first match counts. */
  readonly path: string;
  /** Without this permission the view isn't offered; null: everybody may. */
  readonly needs: string | null;
  /** Its place in the navigation; left out: it is reached from another view. */
  readonly entry?: { readonly label: string; readonly icon: LucideIcon };
  readonly View: LazyExoticComponent<ComponentType>;
}

/** All views there are; provided once, so that views can link to each other without importing each other. */
export const ViewsContext = createContext<readonly ViewRoute[]>([]);

/** The views that the viewer may open here. */
export function useViews(): readonly ViewRoute[] {
  const can = useCan();
  return use(ViewsContext).filter(({ needs }) => needs === null || can(needs));
}

/** Whether there is a view at this path (as it stands in routes.tsx) that the viewer may open: links are shown only then. */
export function useOpens(): (path: string) => boolean {
  const can = useCan();
  const all = use(ViewsContext);
  return useCallback(
    (path) => all.some((view) => view.path === path && (view.needs === null || can(view.needs))),
    [all, can],
  );
}
