/**
 * @module
 * Opens a link that somebody else has copied: their playground has another port.
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { fromFragment, type Linked } from './link.ts';

interface LinkDialogProps {
  readonly onOpen: (linked: Linked) => void;
  readonly onClose: () => void;
}

export function LinkDialog({ onOpen, onClose }: LinkDialogProps): JSX.Element {
  const [error, setError] = useState('');
  const open = async (text: string): Promise<void> => {
    const linked = await fromFragment(text.trim().replace(/^[^#]*#/, ''));
    if (linked === undefined) setError('This is not a link of the playground, or a part of it is missing.');
    else onOpen(linked);
  };
  return (
    <Dialog title="Open a link" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const link = new FormData(event.currentTarget).get('link');
          void open(typeof link === 'string' ? link : '');
        }}
      >
        <p>
          Paste a link that was made by <b>Copy link</b>. It opens as files in memory: no file on your disk is read or
          changed.
        </p>
        <label class="field">
          <span>Link</span>
          <textarea
            name="link"
            class="code-area"
            rows={5}
            required
            aria-invalid={error !== ''}
            aria-describedby="link-error"
          />
        </label>
        <p id="link-error" class="member-error" role="alert">
          {error}
        </p>
        <button type="submit" class="button is-main">
          Open
        </button>
      </form>
    </Dialog>
  );
}
