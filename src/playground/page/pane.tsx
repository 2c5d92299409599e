/**
 * @module
 * One of the three panes: a landmark with a heading and its buttons.
 */
import type { ComponentChildren, JSX } from 'preact';
import type { PaneName } from './state.ts';

interface PaneProps {
  readonly name: PaneName;
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly isBusy?: boolean;
  readonly children: ComponentChildren;
}

export function Pane({ name, title, actions, isBusy = false, children }: PaneProps): JSX.Element {
  return (
    <section id={`pane-${name}`} class={`pane pane-${name}`} aria-labelledby={`title-${name}`} tabIndex={-1}>
      <div class="pane-head">
        <h2 id={`title-${name}`}>{title}</h2>
        {isBusy && <span class="busy" aria-hidden="true" />}
        <div class="pane-actions">{actions}</div>
      </div>
      <div class="pane-body">{children}</div>
    </section>
  );
}
