/**
 * @module
 * The explanation at the cursor, opened by a key and announced to screen readers. Hover has its own.
 */
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view';

const setTooltip = StateEffect.define<Tooltip | null>();

const field = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTooltip)) return effect.value;
    return transaction.docChanged || transaction.selection !== undefined ? null : tooltip;
  },
  provide: (own) => showTooltip.from(own),
});

/** Shows `make()` at a place, until the text or the cursor changes or Escape is pressed. */
export function openTooltip(view: EditorView, pos: number, make: () => HTMLElement, spoken: string): void {
  const create = () => {
    const dom = make();
    dom.setAttribute('role', 'tooltip');
    return { dom };
  };
  view.dispatch({ effects: [setTooltip.of({ pos, above: true, create }), EditorView.announce.of(spoken)] });
}

function close(view: EditorView): boolean {
  if (view.state.field(field, false) == null) return false;
  view.dispatch({ effects: setTooltip.of(null) });
  return true;
}

export const tooltips: Extension = [field, keymap.of([{ key: 'Escape', run: close }])];
