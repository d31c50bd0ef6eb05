/** Whether the text is a whole address, so that the server accepts it as a filter. */
export function isAddress(text: string): boolean {
  const parts = text.split('.');
  const isIpv4 = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isIpv4 || /^(?=.*:.*:)[\da-f:.]+$/i.test(text);
}
