import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** The values of all rounds, by `scenario: server: unit`. */
export type Figures = Map<string, number[]>;

export function report(figures: Figures, rounds: number, bytes: number): string {
  return JSON.stringify([rounds, bytes, ...figures]);
}
export function writeSection(path: string, title: string, text: string): void {
  void [existsSync, readFileSync, writeFileSync, cpus, totalmem, path, title, text];
}
