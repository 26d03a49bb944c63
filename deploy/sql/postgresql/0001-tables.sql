-- Tables of a cluster on PostgreSQL: Orleans membership and grain state, for Orleans 10.4.2.
--
-- Orleans reads the texts in OrleansQuery at start and runs them with its own parameters. Their keys, parameters and result columns are
-- Orleans' contract; tables and functions behind them are ours.

create table if not exists IngestionSchema
(
    Version   int         primary key,
    Orleans   text        not null,
    AppliedAt timestamptz not null default now()
);

do $$
begin
    -- "create table if not exists" would keep such a table as it is, without the primary key that first writes rely on.
    if not exists (select from IngestionSchema) and to_regclass('OrleansStorage') is not null then
        raise exception 'OrleansStorage exists and was not created by this file. Use an empty database or schema.';
    end if;
end
$$;

create table if not exists OrleansQuery
(
    QueryKey  text primary key,
    QueryText text not null
);

-- Membership. A row of the version table is a cluster; every change of its silos raises the version.

create table if not exists OrleansMembershipVersionTable
(
    DeploymentId text collate "C" primary key,
    Timestamp    timestamptz      not null default now(),
    Version      int              not null default 0
);

create table if not exists OrleansMembershipTable
(
    DeploymentId text collate "C" not null references OrleansMembershipVersionTable (DeploymentId) on delete cascade,
    Address      text             not null,
    Port         int              not null,
    Generation   int              not null,
    SiloName     text             not null,
    HostName     text             not null,
    Status       int              not null,
    ProxyPort    int,
    SuspectTimes text,
    StartTime    timestamptz      not null,
    IAmAliveTime timestamptz      not null,
    primary key (DeploymentId, Address, Port, Generation)
);

-- Grain state. The primary key is the identity of a state and holds no nullable column: of two first writes that race, one inserts the row
-- and the other conflicts. The key of a grain comes first because it distinguishes rows soonest.

create table if not exists OrleansStorage
(
    GrainIdExtensionString text collate "C" not null,
    GrainTypeString        text collate "C" not null,
    ServiceId              text collate "C" not null,
    GrainIdN0              bigint           not null,
    GrainIdN1              bigint           not null,
    Version                int              not null,
    ModifiedOn             timestamptz      not null default now(),
    PayloadBinary          bytea,
    primary key (GrainIdExtensionString, GrainTypeString, ServiceId, GrainIdN0, GrainIdN1)
);

-- Returns the new version; no row when the caller's version is not the stored one. Without a version it is a first write.
-- The hashes are Orleans' way to a short index; the primary key does not need them.
create or replace function WriteToStorage(
    _GrainIdHash int, _GrainIdN0 bigint, _GrainIdN1 bigint, _GrainTypeHash int, _GrainTypeString text, _GrainIdExtensionString text,
    _ServiceId text, _GrainStateVersion int, _PayloadBinary bytea)
    returns table (NewGrainStateVersion int)
    language plpgsql as
$$
begin
    if _GrainStateVersion is null then
        return query
            insert into OrleansStorage as s (GrainIdExtensionString, GrainTypeString, ServiceId, GrainIdN0, GrainIdN1, Version, PayloadBinary)
            values (coalesce(_GrainIdExtensionString, ''), _GrainTypeString, _ServiceId, _GrainIdN0, _GrainIdN1, 1, _PayloadBinary)
            on conflict do nothing
            returning s.Version;
    else
        return query
            update OrleansStorage as s
            set PayloadBinary = _PayloadBinary, Version = s.Version + 1, ModifiedOn = now()
            where s.GrainIdExtensionString = coalesce(_GrainIdExtensionString, '') and s.GrainTypeString = _GrainTypeString
                and s.ServiceId = _ServiceId and s.GrainIdN0 = _GrainIdN0 and s.GrainIdN1 = _GrainIdN1
                and s.Version = _GrainStateVersion
            returning s.Version;
    end if;
end
$$;

-- Returns the version after the removal; no row when another version is stored. Nothing stored is what the caller wants already.
create or replace function DeleteStorage(
    _GrainIdN0 bigint, _GrainIdN1 bigint, _GrainTypeString text, _GrainIdExtensionString text, _ServiceId text, _GrainStateVersion int)
    returns table (NewGrainStateVersion int)
    language sql as
$$
    with stored as
    (
        select Version from OrleansStorage
        where GrainIdExtensionString = coalesce(_GrainIdExtensionString, '') and GrainTypeString = _GrainTypeString
            and ServiceId = _ServiceId and GrainIdN0 = _GrainIdN0 and GrainIdN1 = _GrainIdN1
    ), removed as
    (
        delete from OrleansStorage
        where GrainIdExtensionString = coalesce(_GrainIdExtensionString, '') and GrainTypeString = _GrainTypeString
            and ServiceId = _ServiceId and GrainIdN0 = _GrainIdN0 and GrainIdN1 = _GrainIdN1
            and Version = _GrainStateVersion
        returning Version
    )
    select coalesce(_GrainStateVersion, 0) + 1
    where exists (select from removed) or not exists (select from stored);
$$;

insert into OrleansQuery (QueryKey, QueryText)
values
    ('WriteToStorageKey',
    'select NewGrainStateVersion from WriteToStorage(@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString,
        @GrainIdExtensionString, @ServiceId, @GrainStateVersion, @PayloadBinary)'),

    ('ReadFromStorageKey',
    'select PayloadBinary, now() as Now, Version
    from OrleansStorage
    where GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') and GrainTypeString = @GrainTypeString
        and ServiceId = @ServiceId and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1'),

    -- The row stays, empty. Silos delete it instead (DeleteStateOnClear), but Orleans wants both texts.
    ('ClearStorageKey',
    'update OrleansStorage
    set PayloadBinary = null, Version = Version + 1, ModifiedOn = now()
    where GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') and GrainTypeString = @GrainTypeString
        and ServiceId = @ServiceId and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1
        and Version = @GrainStateVersion
    returning Version as NewGrainStateVersion'),

    ('DeleteStorageKey',
    'select NewGrainStateVersion from DeleteStorage(@GrainIdN0, @GrainIdN1, @GrainTypeString, @GrainIdExtensionString, @ServiceId,
        @GrainStateVersion)'),

    ('InsertMembershipVersionKey',
    'with added as
    (
        insert into OrleansMembershipVersionTable (DeploymentId) values (@DeploymentId)
        on conflict do nothing
        returning DeploymentId
    )
    select count(*)::int from added'),

    -- The version row is the lock of the table: of two changes that know the same version, the second finds another one.
    ('InsertMembershipKey',
    'with raised as
    (
        update OrleansMembershipVersionTable set Version = Version + 1, Timestamp = now()
        where DeploymentId = @DeploymentId and Version = @Version
            and not exists
            (
                select from OrleansMembershipTable
                where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
            )
        returning DeploymentId
    ), added as
    (
        insert into OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        select DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        from raised
        returning DeploymentId
    )
    select count(*)::int from added'),

    ('UpdateMembershipKey',
    'with raised as
    (
        update OrleansMembershipVersionTable set Version = Version + 1, Timestamp = now()
        where DeploymentId = @DeploymentId and Version = @Version
            and exists
            (
                select from OrleansMembershipTable
                where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
            )
        returning DeploymentId
    ), changed as
    (
        update OrleansMembershipTable as m
        set Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
        from raised
        where m.DeploymentId = raised.DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation
        returning m.DeploymentId
    )
    select count(*)::int from changed'),

    ('UpdateIAmAlivetimeKey',
    'update OrleansMembershipTable set IAmAliveTime = @IAmAliveTime
    where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation'),

    -- At least one row, with the version, even when there is no silo.
    ('MembershipReadRowKey',
    'select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
        m.IAmAliveTime, v.Version
    from OrleansMembershipVersionTable v
    left join OrleansMembershipTable m
        on m.DeploymentId = v.DeploymentId and m.Address = @Address and m.Port = @Port and m.Generation = @Generation
    where v.DeploymentId = @DeploymentId'),

    ('MembershipReadAllKey',
    'select v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime,
        m.IAmAliveTime, v.Version
    from OrleansMembershipVersionTable v
    left join OrleansMembershipTable m on m.DeploymentId = v.DeploymentId
    where v.DeploymentId = @DeploymentId'),

    ('GatewaysQueryKey',
    'select Address, ProxyPort, Generation from OrleansMembershipTable
    where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0'),

    ('DeleteMembershipTableEntriesKey',
    'delete from OrleansMembershipVersionTable where DeploymentId = @DeploymentId'),

    -- Status 6 is Dead. Orleans 10.4.2 takes the second text, which removes a row only as it was read.
    ('CleanupDefunctSiloEntriesKey',
    'delete from OrleansMembershipTable
    where DeploymentId = @DeploymentId and Status = 6 and IAmAliveTime < @IAmAliveTime and StartTime < @IAmAliveTime'),

    ('CleanupDefunctSiloEntryKey',
    'delete from OrleansMembershipTable
    where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation and Status = 6
        and StartTime = @StartTime and IAmAliveTime = @IAmAliveTime
        and coalesce(SuspectTimes, '''') = coalesce(@SuspectTimes, '''')')
on conflict (QueryKey) do update set QueryText = excluded.QueryText;

-- Silos of 0.3 refuse a database with another version here. Scripts after this one are recorded in IngestionScript.
insert into IngestionSchema (Version, Orleans) values (1, '10.4.2') on conflict (Version) do nothing;
