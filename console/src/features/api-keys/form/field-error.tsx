/** The error of fields with more than one input. */
export function FieldError({ text }: { readonly text: string | null | undefined }) {
  if (!text) return null;
  return (
    <p data-fault className="mt-2 text-[0.8125rem] font-medium break-words text-danger">
      {text}
    </p>
  );
}
