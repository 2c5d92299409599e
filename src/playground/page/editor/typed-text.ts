/**
 * @module
 * What is typed over a selection. Chromium would keep the style of the replaced text by an inline style, which the
 * page's Content-Security-Policy forbids, so the editor replaces the text itself.
 */
import { EditorView } from '@codemirror/view';

export const typedText = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { main } = view.state.selection;
    if (inputType !== 'insertText' || data === null || main.empty || view.composing) return false;
    const insert = (): ReturnType<typeof view.state.update> =>
      view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert());
    return true;
  },
});
