/**
 * @module
 * Shortcuts of the page. The editor has its own.
 */
import { useEffect, useRef } from 'preact/hooks';
import type { PaneName } from './state.ts';

interface PageKeys {
  readonly onHelp: () => void;
  readonly onRun: () => void;
  readonly onSave: () => void;
  readonly onPane: (pane: PaneName) => void;
}

const order: readonly PaneName[] = ['policy', 'request', 'token'];

export function usePageKeys(keys: PageKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (isTaken(event)) return;
      const run = actionOf(event, latest.current);
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function isTaken(event: KeyboardEvent): boolean {
  return event.defaultPrevented || document.querySelector('dialog[open]') !== null;
}

function actionOf(event: KeyboardEvent, { onHelp, onRun, onSave, onPane }: PageKeys): (() => void) | undefined {
  if (event.key === 'F6') return () => goToPane(event.shiftKey ? -1 : 1, onPane);
  if (event.ctrlKey || event.metaKey) {
    if (event.key === 'Enter') return onRun;
    return event.key === 's' ? onSave : undefined;
  }
  return event.key === '?' && !isTyping(event) ? onHelp : undefined;
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function goToPane(step: number, onPane: (pane: PaneName) => void): void {
  const now = order.findIndex((name) => document.getElementById(`pane-${name}`)?.contains(document.activeElement));
  const start = now === -1 && step < 0 ? 0 : now;
  const pane = order[(start + step + order.length) % order.length];
  if (pane === undefined) return;
  onPane(pane);
  // A narrow page shows the pane first.
  requestAnimationFrame(() => document.getElementById(`pane-${pane}`)?.focus());
}
