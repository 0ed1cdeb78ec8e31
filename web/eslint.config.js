import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.gen.ts"] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { "react-hooks": reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        { selector: String.raw`JSXText[raw=/\\u[0-9a-f]{4}/i]`, message: "Text between tags has no escapes: write &nbsp; or the character." },
        { selector: "MemberExpression[property.name=/^toLocale(Date|Time)?String$/]", message: "It makes a formatter for each value, which lists feel: see shared/format.ts." },
      ],
    },
  },
  { files: ["**/*.js"], extends: [js.configs.recommended] },
);
