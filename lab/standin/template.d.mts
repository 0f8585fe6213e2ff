export class TemplateError extends Error {}
export function compile(source: string): (data: unknown, raw?: boolean) => string;
