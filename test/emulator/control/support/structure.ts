import ts from 'typescript';
import { nameOf, type Schema, schemas } from './description.ts';

/**
 * The structure of a value as one text, the same for a TypeScript type and a JSON schema that say the same:
 * `{a: string; b?: "x" | null}`. Numbers have no ranges and texts no forms here.
 */
type Structure = string;

function union(members: readonly Structure[]): Structure {
  const sorted = [...new Set(members.flatMap((each) => each.split(' | ')))].sort();
  return sorted.join(' | ');
}

function object(fields: readonly (readonly [name: string, isOptional: boolean, Structure])[]): Structure {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  // Unions inside must not be taken apart where this is itself part of one.
  const text = sorted.map(([name, isOptional, structure]) => `${name}${isOptional ? '?' : ''}: ${structure}`);
  return `{${text.join('; ').replaceAll(' | ', '|')}}`;
}

/** The structure of every exported type of a file that takes no parameters, by name. */
export function structuresOf(file: string): ReadonlyMap<string, Structure> {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2023,
    noEmit: true,
  });
  const checker = program.getTypeChecker();

  function structureOf(type: ts.Type): Structure {
    if (type.isUnion()) {
      const members = type.types.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
      return union(members.map(structureOf));
    }
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if ((type.flags & ts.TypeFlags.Object) === 0) return checker.typeToString(type);
    const element = checker.isArrayType(type)
      ? checker.getTypeArguments(type as ts.TypeReference)[0]
      : undefined;
    if (element !== undefined) return `[${structureOf(element).replaceAll(' | ', '|')}]`;
    const index = type.getStringIndexType();
    if (index !== undefined) {
      return (index.flags & ts.TypeFlags.Never) === 0
        ? `{…: ${structureOf(index).replaceAll(' | ', '|')}}`
        : '{}';
    }
    return object(
      type.getProperties().map((property) => {
        const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
        return [property.name, isOptional, structureOf(checker.getTypeOfSymbol(property))];
      }),
    );
  }

  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module.`);
  const declared = checker
    .getExportsOfModule(module)
    .map((symbol) => [symbol.name, checker.getDeclaredTypeOfSymbol(symbol)] as const)
    .filter(([, type]) => type.aliasTypeArguments === undefined && !isGeneric(type));
  return new Map(declared.map(([name, type]) => [name, structureOf(type)]));
}

function isGeneric(type: ts.Type): boolean {
  return ((type as ts.InterfaceType).typeParameters ?? []).length > 0;
}

const primitives: Readonly<Record<string, Structure>> = { integer: 'number', boolean: 'false | true' };

/** The structure of what a schema of the description allows. */
export function schemaStructure(schema: Schema): Structure {
  if (schema.$ref !== undefined) return schemaStructure(schemas[nameOf(schema.$ref)] ?? {});
  if (schema.oneOf !== undefined) return union(schema.oneOf.map(schemaStructure));
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type: string) => schemaStructure({ ...schema, type })));
  }
  if (schema.type === 'array') return `[${schemaStructure(schema.items ?? {}).replaceAll(' | ', '|')}]`;
  if (schema.type !== 'object') return primitives[String(schema.type)] ?? String(schema.type);
  const { properties, additionalProperties: others, required = [] } = schema;
  if (properties === undefined) {
    if (others === false) return '{}';
    return `{…: ${typeof others === 'object' ? schemaStructure(others).replaceAll(' | ', '|') : 'unknown'}}`;
  }
  const fields = Object.entries(properties).map(
    ([name, each]) => [name, !required.includes(name), schemaStructure(each)] as const,
  );
  return object(others === false ? fields : [...fields, ['…', false, 'unknown']]);
}
