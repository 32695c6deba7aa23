using System.ComponentModel;
using System.Reflection;
using AuraLogs.Configuration;

namespace AuraLogs.Hosting.Settings;

/// <summary>
/// Holds a section of the configuration against the options class that it is bound to, because .NET's binder ignores what it
/// doesn't know and stops at the first value it can't read: a misspelt key must not silently mean the default.
/// </summary>
internal static class SectionShape
{
    public static void Check(IConfigurationSection section, Type type, ConfigurationErrors errors)
    {
        if (TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
            CheckValue(section, type, errors);
        else if (ElementType(type) is { } element)
            CheckChildren(section, _ => element, errors);
        else
            CheckProperties(section, type, errors);
    }

    private static void CheckProperties(IConfigurationSection section, Type type, ConfigurationErrors errors)
    {
        if (!string.IsNullOrEmpty(section.Value))
            errors.Add(section.Path, "is a section, not a value");
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        var known = string.Join(", ", properties.Keys.Order(StringComparer.Ordinal));
        CheckChildren(section, child => properties.GetValueOrDefault(child.Key), errors, known);
    }

    private static void CheckChildren(
        IConfigurationSection section, Func<IConfigurationSection, Type?> typeOf, ConfigurationErrors errors, string known = "")
    {
        foreach (var child in section.GetChildren())
        {
            if (typeOf(child) is { } type)
                Check(child, type, errors);
            else
                errors.Add(child.Path, $"is not a setting (known here: {known})");
        }
    }

    private static void CheckValue(IConfigurationSection section, Type type, ConfigurationErrors errors)
    {
        if (section.GetChildren().Any())
        {
            errors.Add(section.Path, "is a value, not a section");
            return;
        }

        try
        {
            if (section.Value is { Length: > 0 } value)
                TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            else if (type != typeof(string) && Nullable.GetUnderlyingType(type) is null)
                errors.Add(section.Path, $"is empty; it must be {Describe(type)}");
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            errors.Add(section.Path, $"can't be read: it must be {Describe(type)}");
        }
    }

    /// <summary>What a list, or a dictionary with text as keys, holds; null for anything else.</summary>
    private static Type? ElementType(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[^1]
        : null;

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(TimeSpan) => "a time such as 00:00:30",
            _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ => $"a {type.Name}",
        };
    }
}
