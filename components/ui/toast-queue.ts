export interface ToastMessage {
  text: string;
  tone: 'done' | 'failed';
}

export const TOAST_EVENT = 'signalbox:toast';
const waiting: ToastMessage[] = [];

/** Says that an act went through. Never the only place of an error: show that where the act was. */
export function toast(text: string, tone: ToastMessage['tone'] = 'done') {
  waiting.push({ text, tone });
  window.dispatchEvent(new Event(TOAST_EVENT));
}

/** For the toaster: what is still to be shown. */
export function takeToasts(): ToastMessage[] {
  return waiting.splice(0);
}
