using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Runtime;

/// <summary>Writes the request class of one method: a field per argument, a call on the target, arguments by index for call filters.</summary>
internal static class RequestEmitter
{
    private const string DescriptionField = "Described";

    public static string FieldName(int position) => string.Create(CultureInfo.InvariantCulture, $"Argument{position}");

    public static Type Emit(ModuleBuilder module, int number, GrainMethod description, Action<Assembly> allowAccessTo)
    {
        var method = description.Method;
        if (method.IsGenericMethodDefinition)
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name}: generic methods of grain interfaces are not supported here.");

        var type = module.DefineType($"{method.DeclaringType!.Name}_{method.Name}_{number}", TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainRequest));
        type.DefineDefaultConstructor(MethodAttributes.Public);
        var fields = method.GetParameters().Select(parameter => DefineArgument(type, parameter, allowAccessTo)).ToArray();

        DefineDescription(type);
        DefineInvoke(type, method, fields);
        DefineGetArgument(type, fields);
        DefineSetArgument(type, fields);

        var created = type.CreateType();
        created.GetField(DescriptionField)!.SetValue(null, description);
        return created;
    }

    private static FieldBuilder DefineArgument(TypeBuilder type, ParameterInfo parameter, Action<Assembly> allowAccessTo)
    {
        allowAccessTo(parameter.ParameterType.Assembly);
        foreach (var argument in parameter.ParameterType.GetGenericArguments())
            allowAccessTo(argument.Assembly);

        return type.DefineField(FieldName(parameter.Position), parameter.ParameterType, FieldAttributes.Public);
    }

    private static void DefineDescription(TypeBuilder type)
    {
        var field = type.DefineField(DescriptionField, typeof(GrainMethod), FieldAttributes.Public | FieldAttributes.Static);
        var il = Override(type, $"get_{nameof(GrainRequest.Description)}");
        il.Emit(OpCodes.Ldsfld, field);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineInvoke(TypeBuilder type, MethodInfo method, FieldBuilder[] fields)
    {
        var il = Override(type, nameof(GrainRequest.InvokeOn));
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        EmitAsTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitAsTask(ILGenerator il, Type returned)
    {
        if (returned == typeof(void))
        {
            il.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (returned.IsValueType)
        {
            var local = il.DeclareLocal(returned);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
            il.Emit(OpCodes.Call, returned.GetMethod(nameof(ValueTask.AsTask))!);
        }
        else if (!typeof(Task).IsAssignableFrom(returned))
        {
            throw new NotSupportedException($"Grain methods return Task, ValueTask or void, not {returned}.");
        }
    }

    private static void DefineGetArgument(TypeBuilder type, FieldBuilder[] fields)
    {
        if (fields.Length == 0)
            return;

        var il = Override(type, nameof(GrainRequest.GetArgument));
        EmitPerIndex(il, fields, field =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Box, field.FieldType);
            il.Emit(OpCodes.Ret);
        });
    }

    private static void DefineSetArgument(TypeBuilder type, FieldBuilder[] fields)
    {
        if (fields.Length == 0)
            return;

        var il = Override(type, nameof(GrainRequest.SetArgument));
        EmitPerIndex(il, fields, field =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Unbox_Any, field.FieldType);
            il.Emit(OpCodes.Stfld, field);
            il.Emit(OpCodes.Ret);
        });
    }

    private static void EmitPerIndex(ILGenerator il, FieldBuilder[] fields, Action<FieldBuilder> emit)
    {
        var labels = fields.Select(_ => il.DefineLabel()).ToArray();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Switch, labels);
        il.Emit(OpCodes.Ldstr, "index");
        il.Emit(OpCodes.Newobj, typeof(ArgumentOutOfRangeException).GetConstructor([typeof(string)])!);
        il.Emit(OpCodes.Throw);
        for (var i = 0; i < fields.Length; i++)
        {
            il.MarkLabel(labels[i]);
            emit(fields[i]);
        }
    }

    private static ILGenerator Override(TypeBuilder type, string name)
    {
        var overridden = typeof(GrainRequest).GetMethod(name)!;
        var attributes = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;
        var method = type.DefineMethod(name, attributes, overridden.ReturnType, [.. overridden.GetParameters().Select(p => p.ParameterType)]);
        type.DefineMethodOverride(method, overridden);
        return method.GetILGenerator();
    }
}
