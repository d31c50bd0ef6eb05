/** Color of a series in a chart. `muted`: what is replaced by another one. */
export type SeriesTone = 'chart' | 'danger' | 'muted';
