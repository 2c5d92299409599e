/**
 * @module
 * A text to copy by hand.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Dialog } from './dialog.tsx';

interface TextDialogProps {
  readonly title: string;
  readonly text: string;
  readonly onClose: () => void;
}

export function TextDialog({ title, text, onClose }: TextDialogProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.select();
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      <p>The browser does not let this page use the clipboard. The text is selected: copy it with the keyboard.</p>
      <textarea ref={area} class="code-area" aria-label={title} readOnly value={text} rows={10} />
    </Dialog>
  );
}
