/** A whole number as the script prints it; null: anything else. */
export const integer = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
export const decimal = (text: string): number | null => (/^\d{1,12}(\.\d{1,12})?$/.test(text) ? Number(text) : null);
export const isContainerName = (name: string) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(name);
