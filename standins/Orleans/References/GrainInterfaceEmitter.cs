using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>
/// Writes the reference class of a grain interface at run time: each method makes a request object and hands it to the base class.
/// What Orleans' source generator does in the build.
/// </summary>
internal static class GrainInterfaceEmitter
{
    private static readonly Lock s_gate = new();
    private static readonly ModuleBuilder s_module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("Orleans.GrainReferences"), AssemblyBuilderAccess.Run)
        .DefineDynamicModule("References");

    private static readonly HashSet<string> s_accessible = [];
    private static readonly ConstructorInfo s_baseConstructor = typeof(GrainReference)
        .GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(GrainReferenceShared), typeof(IdSpan)])!;

    private static int s_count;

    public static Func<GrainReferenceShared, IdSpan, GrainReference> Emit(Type grainInterface)
    {
        // The module is not thread-safe, and an interface is emitted once in a process.
        lock (s_gate)
        {
            AllowAccessTo(typeof(GrainReference).Assembly);
            var type = s_module.DefineType($"{grainInterface.Name}_{++s_count}", TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference));
            ImplementEveryInterface(type, grainInterface);
            DefineConstructor(type);
            foreach (var method in GrainInterface.MethodsOf(grainInterface))
                DefineMethod(type, method, RequestEmitter.Emit(s_module, ++s_count, new GrainMethod(method.DeclaringType!, method), AllowAccessTo));

            return NewDelegate(type.CreateType());
        }
    }

    /// <summary>Lets emitted code see internal types of an assembly. The runtime honours the attribute although no header declares it.</summary>
    private static void AllowAccessTo(Assembly assembly)
    {
        if (!s_accessible.Add(assembly.GetName().Name!))
            return;

        var attribute = new CustomAttributeBuilder(typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!, [assembly.GetName().Name!]);
        ((AssemblyBuilder)s_module.Assembly).SetCustomAttribute(attribute);
    }

    private static void ImplementEveryInterface(TypeBuilder type, Type grainInterface)
    {
        foreach (var implemented in grainInterface.GetInterfaces().Prepend(grainInterface))
        {
            AllowAccessTo(implemented.Assembly);
            type.AddInterfaceImplementation(implemented);
        }
    }

    private static void DefineConstructor(TypeBuilder type)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(GrainReferenceShared), typeof(IdSpan)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, s_baseConstructor);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineMethod(TypeBuilder type, MethodInfo method, Type request)
    {
        var parameters = method.GetParameters();
        var attributes = MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;
        var implementation = type.DefineMethod($"{method.DeclaringType!.FullName}.{method.Name}", attributes, method.ReturnType, [.. parameters.Select(p => p.ParameterType)]);
        var il = implementation.GetILGenerator();

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, request.GetConstructor([])!);
        foreach (var parameter in parameters)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, parameter.Position + 1);
            if (parameter.ParameterType.IsInterface && typeof(IAddressable).IsAssignableFrom(parameter.ParameterType))
                il.Emit(OpCodes.Call, BaseMethod(nameof(GrainReference.AsArgument)).MakeGenericMethod(parameter.ParameterType));
            il.Emit(OpCodes.Stfld, request.GetField(RequestEmitter.FieldName(parameter.Position))!);
        }

        EmitCall(il, method);
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(implementation, method);
    }

    private static void EmitCall(ILGenerator il, MethodInfo method)
    {
        var returned = method.ReturnType;
        var description = new GrainMethod(method.DeclaringType!, method);
        if (description.IsOneWay)
            EmitOneWay(il, returned);
        else
        {
            var result = description.ResultType ?? typeof(object);
            il.Emit(OpCodes.Call, BaseMethod(nameof(GrainReference.Call)).MakeGenericMethod(result));
            if (returned == typeof(ValueTask))
                il.Emit(OpCodes.Newobj, typeof(ValueTask).GetConstructor([typeof(Task)])!);
            else if (returned.IsValueType)
                il.Emit(OpCodes.Newobj, returned.GetConstructor([typeof(Task<>).MakeGenericType(result)])!);
        }
    }

    private static void EmitOneWay(ILGenerator il, Type returned)
    {
        il.Emit(OpCodes.Call, BaseMethod(nameof(GrainReference.CallOneWay)));
        if (returned == typeof(void))
            il.Emit(OpCodes.Pop);
        else if (returned == typeof(ValueTask))
            il.Emit(OpCodes.Newobj, typeof(ValueTask).GetConstructor([typeof(Task)])!);
        else if (returned != typeof(Task))
            throw new NotSupportedException("A [OneWay] method returns Task, ValueTask or void.");
    }

    private static MethodInfo BaseMethod(string name) =>
        typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly, CallShapes(name))!;

    // GrainReference has public overloads of neither, but being exact costs nothing.
    private static Type[] CallShapes(string name) =>
        name == nameof(GrainReference.AsArgument) ? [Type.MakeGenericMethodParameter(0)] : [typeof(GrainRequest)];

    private static Func<GrainReferenceShared, IdSpan, GrainReference> NewDelegate(Type type)
    {
        var shared = Expression.Parameter(typeof(GrainReferenceShared));
        var key = Expression.Parameter(typeof(IdSpan));
        var construct = Expression.New(type.GetConstructor([typeof(GrainReferenceShared), typeof(IdSpan)])!, shared, key);
        return Expression.Lambda<Func<GrainReferenceShared, IdSpan, GrainReference>>(construct, shared, key).Compile();
    }
}
