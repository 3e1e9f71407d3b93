namespace Sagebrush.Wire.Schema;

/// <summary>What the model says of a structure.</summary>
/// <remarks>Immutable and shared; made when a contract type is first touched, so untouched services cost nothing at start-up.</remarks>
public sealed class StructureSchema(string name, Member[] members)
{
    private readonly Member[] _members = members;

    /// <summary>The structure's name in the model.</summary>
    public string Name { get; } = name;

    /// <summary>Its members, by index.</summary>
    public ReadOnlySpan<Member> Members => _members;

    /// <summary>The name of the member that is the whole body in REST protocols, if any.</summary>
    public string? Payload { get; init; }

    /// <summary>Whether exactly one of the members is set.</summary>
    public bool IsUnion { get; init; }

    /// <summary>The member that is the whole body in REST protocols, if any.</summary>
    public Member? PayloadMember => Payload is null ? null : Array.Find(_members, m => m.Name == Payload);

    /// <summary>Whether any member travels outside the body.</summary>
    public bool HasHttpBindings => Payload is not null || Array.Exists(_members, static m => m.Location != MemberLocation.Body);

    /// <summary>The member at <paramref name="index"/>.</summary>
    public Member this[int index] => _members[index];

    /// <summary>The index of the member with this JSON name, or -1.</summary>
    /// <param name="utf8Name">The name in UTF-8.</param>
    /// <param name="hint">Where to look first: members mostly come in the model's order.</param>
    public int IndexOf(ReadOnlySpan<byte> utf8Name, int hint = 0)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            var at = hint + i;
            at = at < _members.Length ? at : at - _members.Length;
            if (_members[at].Utf8Name.SequenceEqual(utf8Name))
            {
                return at;
            }
        }

        return -1;
    }
}
