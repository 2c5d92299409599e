/**
 * @module
 * The editor of one file: highlighting, problems at their place, completion, hover documentation.
 *
 * Its styles are in editor.css, which the page's own stylesheet imports.
 */
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { EditorController } from './controller.ts';
import type { EditorProps } from './editor-props.ts';

export type { EditorProps } from './editor-props.ts';

export function Editor(props: EditorProps): JSX.Element {
  const parent = useRef<HTMLDivElement>(null);
  const controller = useRef<EditorController>(undefined);
  const hint = useId();
  useLayoutEffect(() => {
    if (parent.current === null) return undefined;
    const made = new EditorController(parent.current, props, hint);
    controller.current = made;
    return () => made.destroy();
    // The controller is made once; the next effect gives it each change.
  }, []);
  useLayoutEffect(() => controller.current?.update(props));
  return (
    <div class="code-editor">
      <div class="code-editor-view" ref={parent} />
      <p class="code-editor-hint" id={hint}>
        Control-Space completes, Alt-F1 explains, F8 goes to the next problem. Escape, then Tab, leaves the editor.
      </p>
    </div>
  );
}
